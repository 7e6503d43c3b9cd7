import Type from 'typebox'

/** Any integer that a database accepts. */
export const Id = () => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
