// Land silhouettes for the map: partner countries and Japan one by one, all other land as one shape without borders.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { geoArea, geoCentroid, geoEqualEarth, geoPath } from "d3-geo";
import { feature, merge } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";

const WIDTH = 2000;
const CENTRE = 150; // the Pacific in the middle, as on Japanese maps: every partner is in one piece
const SOUTH = -56;
const NORTH = 83.7;
const TRIFLE = 0.00002; // steradians: smaller detail and islets of other land are left out

// ISO 3166-1: numeric code of the data, two letters of the registry.
const COUNTRIES = {
  "031": "AZ", "050": "BD", "104": "MM", "116": "KH", "144": "LK", "152": "CL", "188": "CR", "231": "ET", "268": "GE",
  "356": "IN", "360": "ID", "392": "JP", "398": "KZ", "404": "KE", "417": "KG", "418": "LA", "462": "MV", "484": "MX",
  "496": "MN", "498": "MD", "585": "PW", "598": "PG", "608": "PH", "682": "SA", "686": "SN", "704": "VN", "764": "TH",
  "784": "AE", "788": "TN", "804": "UA", "834": "TZ", "860": "UZ",
};
const ISLANDS = { "462": "MV", "585": "PW" }; // too small for the coarse data
const ANTARCTICA = "010";

function read(modules, scale) {
  return JSON.parse(readFileSync(join(modules, `world-atlas/countries-${scale}.json`), "utf8"));
}

// The data draws lines of control. Crimea is put with Ukraine, as the United Nations and Japan hold (A/RES/68/262).
function crimeaToUkraine(countries) {
  const russia = countries.find((c) => c.id === "643");
  const ukraine = countries.find((c) => c.id === "804");
  const isCrimea = (polygon) => {
    const [lon, lat] = geoCentroid({ type: "Polygon", coordinates: polygon });
    return lon > 32.4 && lon < 36.7 && lat > 44.3 && lat < 46.2;
  };
  const polygons = russia.geometry.coordinates;
  const crimea = polygons.filter(isCrimea);
  if (crimea.length === 0) return;
  russia.geometry.coordinates = polygons.filter((p) => !isCrimea(p));
  const own = ukraine.geometry.type === "Polygon" ? [ukraine.geometry.coordinates] : ukraine.geometry.coordinates;
  ukraine.geometry = { type: "MultiPolygon", coordinates: [...own, ...crimea] };
}

// d3 writes absolute decimals; whole relative steps are a third of the size.
function compact(path) {
  let x = 0;
  let y = 0;
  let out = "";
  for (const [, command, args] of path.matchAll(/([MLZ])([^MLZ]*)/g)) {
    if (command === "Z") {
      out += "z";
      continue;
    }
    const [px, py] = args.split(",").map((v) => Math.round(Number(v)));
    if (command === "M") out += `M${px},${py}`;
    else if (px !== x || py !== y) out += `l${px - x},${py - y}`;
    [x, y] = [px, py];
  }
  return out.replace(/,-/g, "-").replace(/M-?\d+,?-?\d+z/g, "").replace(/(?<=[\d])l(?=-)/g, " l").replace(/ l/g, "l");
}

function projectionFor(height) {
  const box = { type: "MultiPoint", coordinates: [[CENTRE - 180 + 1e-6, 0], [CENTRE + 180 - 1e-6, 0]] };
  const projection = geoEqualEarth().rotate([-CENTRE, 0]).precision(0.3).fitWidth(WIDTH, box);
  const top = projection([CENTRE, NORTH])[1];
  const [tx, ty] = projection.translate();
  projection.translate([tx, ty - top]);
  const bottom = projection([CENTRE, SOUTH])[1];
  return { projection: projection.clipExtent([[0, 0], [WIDTH, bottom]]), height: Math.round(height ?? bottom) };
}

export function worldData(modules) {
  const coarse = simplify(presimplify(read(modules, "110m")), 0.02);
  const fine = read(modules, "50m");
  const shapes = feature(coarse, coarse.objects.countries).features;
  crimeaToUkraine(shapes);
  for (const id of Object.keys(ISLANDS)) shapes.push(feature(fine, fine.objects.countries).features.find((f) => f.id === id));
  const { projection, height } = projectionFor();
  const path = geoPath(projection);
  const countries = {};
  for (const shape of shapes.filter((s) => COUNTRIES[s.id])) {
    const [[x0, y0], [x1, y1]] = path.bounds(shape);
    const [cx, cy] = path.centroid(largest(shape));
    const size = Math.hypot(x1 - x0, y1 - y0);
    countries[COUNTRIES[shape.id]] = { path: compact(path(shape)), x: Math.round(cx), y: Math.round(cy), small: size < 60, mark: path.area(shape) < 60 };
  }
  const missing = Object.values(COUNTRIES).filter((code) => !countries[code]);
  if (missing.length) throw new Error(`No land for ${missing}`);
  return {
    about: "Land silhouettes from Natural Earth (public domain) through world-atlas; written by `npm run build`.",
    width: WIDTH, height, centre: CENTRE, scale: projection.scale(), translate: projection.translate(),
    other: compact(path(otherLand(coarse))),
    countries: Object.fromEntries(Object.entries(countries).sort()),
  };
}

function largest(shape) {
  if (shape.geometry.type === "Polygon") return shape;
  const parts = shape.geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }));
  return parts.reduce((a, b) => (geoArea(a) > geoArea(b) ? a : b));
}

function otherLand(topology) {
  const others = topology.objects.countries.geometries.filter((g) => !COUNTRIES[g.id] && g.id !== ANTARCTICA);
  const land = merge(topology, others);
  land.coordinates = land.coordinates.filter((coordinates) => {
    const polygon = { type: "Polygon", coordinates };
    const [lon, lat] = geoCentroid(polygon);
    const crimea = lon > 32.4 && lon < 36.7 && lat > 44.3 && lat < 46.2;
    return !crimea && geoArea(polygon) > TRIFLE;
  });
  return land;
}
