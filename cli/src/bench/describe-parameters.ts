export interface ParameterRow {
  readonly name: string
  readonly type: string
  readonly default: unknown
  readonly range: string
  readonly description: string
}

interface Property {
  readonly type?: string
  readonly default?: unknown
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Property[]
  readonly items?: Property
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
}

/** The parameters of a recipe as rows for a table. */
export const describeParameters = ({ properties }: { properties: object }): ParameterRow[] =>
  Object.entries(properties as Record<string, Property>).map(([name, property]) => ({
    name,
    type: typeOf(property),
    default: property.default,
    range: rangeOf(property),
    description: property.description ?? '',
  }))

function typeOf({ type, const: only, enum: values, anyOf, items }: Property): string {
  if (only !== undefined) return JSON.stringify(only)
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ')
  if (anyOf) return anyOf.map(typeOf).join(' | ')
  return type === 'array' && items ? `${typeOf(items)}[]` : (type ?? 'any')
}

function rangeOf(property: Property): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = property
  return [
    minimum !== undefined && `≥ ${minimum}`,
    exclusiveMinimum !== undefined && `> ${exclusiveMinimum}`,
    maximum !== undefined && `≤ ${maximum}`,
    exclusiveMaximum !== undefined && `< ${exclusiveMaximum}`,
    multipleOf !== undefined && `multiple of ${multipleOf}`,
  ]
    .filter(Boolean)
    .join(', ')
}
