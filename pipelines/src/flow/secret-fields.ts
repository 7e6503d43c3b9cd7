/** The members of kinds in which secrets may be. Members that become arguments are not among them: other users can read those. */
export const SECRET_FIELDS = ['base_parameters'] as const
