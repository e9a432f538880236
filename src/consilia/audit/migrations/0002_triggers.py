from django.db import migrations

from consilia.audit import triggers


def make(apps, schema_editor):
    triggers.make(schema_editor.connection)


def drop(apps, schema_editor):
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
