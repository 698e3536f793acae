// Reads papers as JSON, answers what the booth's script makes of each.
import { readFileSync } from "node:fs";

import { findFaults, listOrder, move, toNumbers } from "../../voting/static/booth/marks.js";

const papers = JSON.parse(readFileSync(0, "utf8"));
const answers = papers.map(({ method, size, marks, place, act }) => {
  const faults = findFaults(method, size, marks);
  const isFine = faults.length === 0;
  const isMovable = isFine && !marks.includes("blank") && method.kind === "rank" && !method.equal;
  return {
    faults: faults.map(({ code, places, number }) => [code, places, number]),
    numbers: isFine ? toNumbers(size, marks) : null,
    order: listOrder(marks),
    moved: isMovable ? move(marks, place, act) : null,
  };
});
process.stdout.write(JSON.stringify(answers));
