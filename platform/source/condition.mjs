/** Resolves the `source` condition, as `node --conditions=source` does, in a process or thread that has started already. */
export const resolve = (specifier, context, next) =>
  next(specifier, { ...context, conditions: ['source', ...context.conditions] })
