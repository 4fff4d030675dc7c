// The address of the map pages: which part, and to which task similar ones are shown.

export const MAP_PARTS = ["map", "clusters", "oddities"] as const;

export interface MapSearch {
  part?: (typeof MAP_PARTS)[number];
  task?: number;
}
