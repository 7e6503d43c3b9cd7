/** Words of comments on runs. */
export const enComments = {
  comments: {
    title: 'Comments',
    new: 'New comment',
    placeholder: 'Markdown. Type @ and a name to mention someone.',
    people: 'People',
    add: 'Comment',
    edit: 'Edit comment',
    edited: 'edited',
    imported: 'imported',
    importedBy: 'imported by {{name}}',
    importedHelp: 'The name of the author comes from the import. Cairn did not check it.',
    delete: 'Delete comment by {{author}}',
    deleteHelp: 'This cannot be undone.',
    mentions: 'Mentions of you',
  },
} as const
