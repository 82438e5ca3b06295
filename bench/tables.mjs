// What the sections of bench/FIGURES.md have in common.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** A table; every cell is text. */
export function table(head, rows) {
  const widths = head.map((cell, n) => Math.max(cell.length, ...rows.map((row) => row[n].length)));
  const line = (cells, fill) => `|${cells.map((cell, n) => fill + cell.padEnd(widths[n], fill) + fill).join("|")}|`;
  return [line(head, " "), line(head.map(() => ""), "-"), ...rows.map((row) => line(row, " "))].join("\n");
}

/** A count; if its rounds differ, the least and the most. */
export function counted(counts, name) {
  const values = counts.map((round) => round[name]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least}–${most}`;
}

/** A number with its thousands apart. */
export const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

/** The processor that measures. */
export function machine() {
  const info = readFileSync("/proc/cpuinfo", "utf8");
  const model = /model name\s*:\s*(.+)/.exec(info)?.[1] ?? cpus()[0].model;
  return `${cpus().length} cores of ${model.trim()}`;
}
