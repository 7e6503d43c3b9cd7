type WithoutNulls<T> = { [K in keyof T]: Exclude<T[K], null> }

/** Removes the fields that are null. */
export const withoutNulls = <T extends object>(row: T) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as WithoutNulls<T>
