import type { Json } from "./types";

const REMOVED = "-";

type Tree = { [key: string]: Json };

function isTree(value: Json | undefined): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * `old` with `patch` laid over it: objects merge by key, everything else is absolute, keys under "-" go.
 * Parts that do not change keep their identity, so a panel can tell by `===` that it has nothing to do.
 */
export function merge(old: Json | undefined, patch: Json): Json {
  if (!isTree(patch)) return patch;
  const merged: Tree = isTree(old) ? { ...old } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key !== REMOVED) merged[key] = merge(merged[key], value);
  }
  const removed = patch[REMOVED];
  for (const key of isTree(removed) ? Object.keys(removed) : []) delete merged[key];
  return merged;
}
