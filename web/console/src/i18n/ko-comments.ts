import type { enComments } from './en-comments.js'
import type { Dictionary } from './words.js'

export const koComments: Dictionary<typeof enComments> = {
  comments: {
    title: '댓글',
    new: '새 댓글',
    placeholder: '마크다운을 쓸 수 있어요. @ 뒤에 이름을 입력해 사용자를 언급하세요.',
    people: '사용자',
    add: '댓글 달기',
    edit: '댓글 편집',
    edited: '수정됨',
    imported: '가져온 댓글',
    importedBy: '{{name}}님이 가져옴',
    importedHelp: '작성자 이름은 가져온 데이터에 있던 값이고, Cairn이 확인하지 않았어요.',
    delete: '{{author}}의 댓글 삭제',
    deleteHelp: '이 작업은 되돌릴 수 없어요.',
    mentions: '나를 언급한 댓글',
  },
}
