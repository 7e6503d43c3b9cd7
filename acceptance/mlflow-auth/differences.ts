/** Steps that are answered otherwise than by MLflow, with the reason. One that went away must go from here too. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'a password is too short': 'The sentence names both limits.',
  'an administrator lists users': 'The owner is a user, too; users are ordered by name.',
  'bob reads the experiment with NO_PERMISSIONS': 'What is hidden is answered like what does not exist: 404.',
  'bob reads the model with NO_PERMISSIONS': 'What is hidden is answered like what does not exist: 404.',
  'bob has a permission on the experiment among his own':
    'Denied objects are not listed to whom they are denied.',
  'bob has a permission on the model among his own': 'Denied objects are not listed to whom they are denied.',
  'bob reads the denied experiment': 'What is hidden is answered like what does not exist: 404.',
  'bob reads the denied model': 'What is hidden is answered like what does not exist: 404.',
  'ada grants an invalid permission on the experiment, unified':
    'NO_PERMISSIONS is not valid there, and not named.',
  'ada grants an invalid permission on the model, unified':
    'NO_PERMISSIONS is not valid there, and not named.',
  'ada grants NO_PERMISSIONS on the experiment, unified': 'Other words.',
  'ada grants NO_PERMISSIONS on the model, unified': 'Other words.',
  'a permission on a workspace is granted': 'There are no workspaces.',
  'a permission on an unknown type is granted': 'Only the supported types are named.',
  'a role is read by a word': 'Other words.',
  'bob reads the role without having it':
    'Roles are shown to their users and to managers of identities only.',
  'the role gets an invalid permission': 'NO_PERMISSIONS is not valid there, and not named.',
  'bob lists his roles': 'No role stands for the permissions of one user.',
}
