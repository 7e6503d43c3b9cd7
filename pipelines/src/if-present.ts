/** An object with the member, or an empty object for an absent or empty value. */
export const present = <K extends string, T>(name: K, value: T | null | undefined) =>
  (value === null || value === undefined || value === '' ? {} : { [name]: value }) as {
    [P in K]?: NonNullable<T>
  }
