/** The fields of kinds that may refer to secrets. Fields that become arguments may not: other users of the machine can read those. */
export const SECRET_FIELDS = ['base_parameters'] as const
