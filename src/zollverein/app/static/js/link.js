// The address carries the scenario: JSON, raw deflate, base64url.
const MOST = 2_000_000;

async function through(bytes, transform) {
  const stream = new Blob([bytes]).stream().pipeThrough(transform);
  const parts = [];
  let size = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST) throw new Error("too large");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Plain data as text that is safe in an address. */
export async function pack(data) {
  const bytes = new TextEncoder().encode(JSON.stringify(data));
  const small = await through(bytes, new CompressionStream("deflate-raw"));
  let text = "";
  for (const byte of small) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What `pack` was given; zlib's wrapper may be absent. Throws on anything else. */
export async function unpack(text) {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
  const wrapped = bytes[0] === 0x78;
  const plain = await through(bytes, new DecompressionStream(wrapped ? "deflate" : "deflate-raw"));
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain));
}

/** The parts of the address after the hash, as plain values. */
export async function readHash(hash) {
  const found = {};
  for (const part of hash.replace(/^#/, "").split("&")) {
    const cut = part.indexOf("=");
    if (cut < 1) continue;
    const [key, value] = [part.slice(0, cut), part.slice(cut + 1)];
    found[key] = "skab".includes(key) ? await unpack(value) : decodeURIComponent(value);
  }
  return found;
}

/** The hash for a state; empty parts are left out. */
export async function writeHash({ s, k, w, f, v, a, b }) {
  const parts = [`s=${await pack(s)}`];
  if (k && Object.keys(k).length) parts.push(`k=${await pack(k)}`);
  for (const [key, value] of Object.entries({ w, f, v })) if (value) parts.push(`${key}=${encodeURIComponent(value)}`);
  for (const [key, value] of Object.entries({ a, b })) if (value) parts.push(`${key}=${await pack(value)}`);
  return `#${parts.join("&")}`;
}
