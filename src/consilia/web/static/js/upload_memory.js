/* Remembers which uploads were begun, so that they can go on after the page was closed. The browser keeps the address of the
   upload and a hash of the file's name, size and date: nobody who uses the same computer later learns what was sent. */
export async function fingerprint(path, file) {
  const words = new TextEncoder().encode([path, file.size, file.lastModified].join("\n"));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", words));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* The storage that tus-js-client asks for, for one endpoint. */
export class Memory {
  constructor(endpoint) {
    this.prefix = `consilia-upload:${endpoint}:`;
  }

  keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  }

  read(keys) {
    return keys.map((key) => ({ ...JSON.parse(localStorage.getItem(key)), metadata: {}, urlStorageKey: key }));
  }

  async findAllUploads() {
    return this.read(this.keys(this.prefix));
  }

  async findUploadsByFingerprint(print) {
    return this.read(this.keys(`${this.prefix}${print}:`));
  }

  async removeUpload(key) {
    localStorage.removeItem(key);
  }

  async addUpload(print, upload) {
    const key = `${this.prefix}${print}:${crypto.randomUUID()}`;
    const { size, creationTime, uploadUrl } = upload;
    try {
      localStorage.setItem(key, JSON.stringify({ size, creationTime, uploadUrl }));
    } catch {
      return undefined; // no storage: the upload runs, and starts anew after the page was closed
    }
    return key;
  }
}
