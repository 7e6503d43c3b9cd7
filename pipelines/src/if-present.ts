/** Returns an object with one member, or without members if the value is null, undefined or ''. For spreading. */
export const ifPresent = <K extends string, T>(name: K, value: T | null | undefined) =>
  (value === null || value === undefined || value === '' ? {} : { [name]: value }) as {
    [P in K]?: NonNullable<T>
  }
