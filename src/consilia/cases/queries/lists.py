"""Small lists and counts of a row inside the row's own query, so that a page asks once and not once a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Func, IntegerField, JSONField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

Row = Mapping[str, Any]


class _Rows(Func):
    """All rows as one JSON list, in the database's own order. A Func and no Aggregate: the subquery is the group."""

    function = "json_group_array"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="jsonb_agg", **more)


def listed(rows: QuerySet[Any], *fields: str, key: str = "case_id", of: str = "pk") -> Subquery:
    """The fields of those `rows` whose `key` is the outer row's `of`, as a list that `rows_of` reads."""
    one = JSONObject(**{name.replace("__", "_"): name for name in fields})
    found = rows.filter(**{key: OuterRef(of)}).order_by().annotate(_rows=_Rows(one))
    return Subquery(found.values("_rows"), output_field=JSONField())


def counted(rows: QuerySet[Any], *, key: str = "case_id", of: str = "pk") -> Subquery:
    """How many of `rows` have the outer row's `of` as their `key`; with `key=""` how many there are at all."""
    mine = rows.filter(**{key: OuterRef(of)}) if key else rows
    found = mine.order_by().annotate(_n=Func("pk", function="COUNT", output_field=IntegerField()))
    return Subquery(found.values("_n"), output_field=IntegerField())


def rows_of(row: Model, name: str, *order: str) -> list[Row]:
    """The list that `listed` gave under that name, sorted by those fields; empty where there is no row."""
    found: list[Row] = getattr(row, name) or []
    return sorted(found, key=_by(order)) if order else found


def hand_over(row: Model, name: str, found: Sequence[Row], *order: str) -> None:
    """Gives `row` its related rows of that name out of a list, as `prefetch_related` would: nobody asks for them again.

    A field that the list does not hold is fetched when somebody reads it.
    """
    manager = getattr(row, name)
    held = manager.all()
    held._result_cache = [_loaded(manager, row, one) for one in sorted(found, key=_by(order))]
    kept: dict[str, Any] = row.__dict__.setdefault("_prefetched_objects_cache", {})
    kept[name] = held


def _by(order: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    return lambda one: tuple(one[field] for field in order)


def _loaded(manager: Any, owner: Model, one: Row) -> Model:
    names = [field.attname for field in manager.model._meta.concrete_fields if field.attname in one]
    values = [_value(manager.model._meta.get_field(name), one[name]) for name in names]
    loaded: Model = manager.model.from_db(manager.db, names, values)
    setattr(loaded, manager.field.name, owner)
    return loaded


def _value(field: Any, value: Any) -> Any:
    if isinstance(field, DateTimeField):
        return moment(value) if value else None
    return field.to_python(value)


def moment(text: str) -> datetime:
    """A point in time out of such a list: SQLite keeps UTC without saying so, PostgreSQL says it."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
