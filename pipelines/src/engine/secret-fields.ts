/** The members of kinds that reach the process as arguments or parameters; secrets may be in them. */
export const SECRET_FIELDS = ['parameters', 'named_parameters', 'base_parameters'] as const
