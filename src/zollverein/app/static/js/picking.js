// Choosing countries by clicking on the map: one field at a time listens.
let current = null;

export const picking = () => current !== null;

/** Let clicks on the map call `take(code)` until `stop`. */
export function start(take, ended) {
  stop();
  current = { take, ended };
  document.body.classList.add("picking");
}

export function stop() {
  const old = current;
  current = null;
  document.body.classList.remove("picking");
  old?.ended();
}

/** Give a click to the field that listens; false when none does. */
export function took(code) {
  if (!current) return false;
  current.take(code);
  return true;
}
