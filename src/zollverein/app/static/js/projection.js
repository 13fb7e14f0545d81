// Equal Earth (Šavrič, Patterson and Jenny 2019), as in the report; y points down as in SVG.
const A = [1.340264, -0.081106, 0.000893, 0.003796];
const WIDTH = 1000;
const SCALE = WIDTH / 5.5;
export const BOX = { width: WIDTH, height: Math.round(2.5 * SCALE) };

/** A place on the picture for a longitude and latitude in degrees. */
export function project([longitude, latitude]) {
  const angle = Math.asin((Math.sqrt(3) / 2) * Math.sin((latitude * Math.PI) / 180));
  const square = angle * angle;
  const sixth = square ** 3;
  const slope = 9 * A[3] * sixth * square + 7 * A[2] * sixth + 3 * A[1] * square + A[0];
  const x = (2 * Math.sqrt(3) * ((longitude * Math.PI) / 180) * Math.cos(angle)) / (3 * slope);
  const y = angle * (A[3] * sixth * square + A[2] * sixth + A[1] * square + A[0]);
  return [(x + 2.75) * SCALE, (1.35 - y) * SCALE];
}

/** The outline of rings as the path of an SVG element. */
export const pathOf = (rings) => rings.map((ring) => `M${ring.map((place) => project(place).map((v) => v.toFixed(1)).join(",")).join("L")}Z`).join("");

/** Area on the picture of the largest ring and its middle, to find countries too small to see. */
export function largest(rings) {
  let best = { area: 0, middle: [0, 0] };
  for (const ring of rings) {
    const places = ring.map(project);
    let area = 0;
    places.forEach(([x, y], i) => {
      const [u, v] = places[(i + 1) % places.length];
      area += x * v - u * y;
    });
    area = Math.abs(area) / 2;
    const middle = [0, 1].map((k) => places.reduce((sum, place) => sum + place[k], 0) / places.length);
    if (area > best.area) best = { area, middle };
  }
  return best;
}
