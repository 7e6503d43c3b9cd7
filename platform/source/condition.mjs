/** What `node --conditions=source` does, for a process or a thread that has started already. */
export const resolve = (specifier, context, next) =>
  next(specifier, { ...context, conditions: ['source', ...context.conditions] })
