/** The text of a field without white space around it; empty if the form has no such field. */
export const fieldText = (fields: FormData, name: string) => String(fields.get(name) ?? '').trim()
