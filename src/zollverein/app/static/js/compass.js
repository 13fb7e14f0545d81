// Places on the plane: the middle of an outline, and the nearest place in a direction.

/** Which way each arrow key points on the picture, whose second coordinate grows downwards. */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIDEWAYS = 2; // how much dearer a step aside is than one ahead

/** The centre of area of the largest ring: the mainland's middle, whatever islands there are. */
export function middleOf(rings) {
  const [best] = rings.map(centre).sort((a, b) => b.size - a.size);
  return best.at;
}

function centre(ring) {
  let [twice, x, y] = [0, 0, 0];
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  });
  return { size: Math.abs(twice), at: twice ? [x / (3 * twice), y / (3 * twice)] : ring[0] };
}

/** The key of the nearest of `points` (key -> [x, y]) from one of them in a direction; itself where there is none. */
export function nearest(points, from, [dx, dy]) {
  const [x, y] = points.get(from);
  let [best, least] = [from, Infinity];
  for (const [key, [px, py]] of points) {
    const ahead = (px - x) * dx + (py - y) * dy;
    const aside = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
    const far = ahead + SIDEWAYS * aside;
    if (key !== from && ahead > 0 && aside <= ahead && far < least) [best, least] = [key, far];
  }
  return best;
}
