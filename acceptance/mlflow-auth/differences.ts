/** Steps with other responses than MLflow's, and why. A test fails for entries that no longer differ. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'a password is too short': 'The message names both limits.',
  'an administrator lists users': 'The owner is a user too; users are sorted by name.',
  'bob reads the experiment with NO_PERMISSIONS': 'A hidden object is answered like a missing one: 404.',
  'bob reads the model with NO_PERMISSIONS': 'A hidden object is answered like a missing one: 404.',
  'bob has a permission on the experiment among his own': 'Denied objects are not listed.',
  'bob has a permission on the model among his own': 'Denied objects are not listed.',
  'bob reads the denied experiment': 'A hidden object is answered like a missing one: 404.',
  'bob reads the denied model': 'A hidden object is answered like a missing one: 404.',
  'ada grants an invalid permission on the experiment, unified':
    'NO_PERMISSIONS is not valid here, so the message omits it.',
  'ada grants an invalid permission on the model, unified':
    'NO_PERMISSIONS is not valid here, so the message omits it.',
  'ada grants NO_PERMISSIONS on the experiment, unified': 'The message has other words.',
  'ada grants NO_PERMISSIONS on the model, unified': 'The message has other words.',
  'a permission on a workspace is granted': 'Cairn does not serve workspaces of MLflow.',
  'a permission on an unknown type is granted': 'The message names the supported types only.',
  'a role is read by a word': 'The message has other words.',
  'bob reads the role without having it':
    'Roles are shown to their users and to managers of identities only.',
  'the role gets an invalid permission': 'NO_PERMISSIONS is not valid here, so the message omits it.',
  'bob lists his roles': 'Permissions of a user are grants, not a role.',
}
