const FIELDS = '.main input[role="combobox"], .main input[type="search"]'

/** Focuses the first filter or search field of the page. @returns whether it has one */
export function focusFilter(): boolean {
  const fields = [...document.querySelectorAll<HTMLInputElement>(FIELDS)]
  const field = fields.find((one) => one.checkVisibility() && !one.disabled)
  field?.focus()
  field?.select()
  return field !== undefined
}
