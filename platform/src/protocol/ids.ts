import Type from 'typebox'

/** Returns the schema of any integer that a database accepts. */
export const Id = () => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
