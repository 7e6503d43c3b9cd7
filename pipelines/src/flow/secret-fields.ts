/** Fields of task settings that may refer to secrets. Other users can read the arguments of a process, so those may not. */
export const SECRET_FIELDS = ['base_parameters'] as const
