import type { enQuery } from './en-query.js'
import type { Dictionary } from './words.js'

/** The page that runs SQL. */
export const koQuery: Dictionary<typeof enQuery> = {
  query: {
    title: '쿼리',
    open: '쿼리',
    text: 'SQL 문',
    help: '읽을 수 있는 테이블을 catalog.schema.table 이름으로 조회하는 SELECT 문을 입력하세요. {{keys}} 키로 실행해요.',
    run: '실행하기',
    cancel: '취소',
    running: '실행 중…',
    took: '소요 시간 {{time}}',
    truncated: '결과가 더 있어요. 처음 {{rows}}개 행만 표시해요.',
    noRows: '결과 행이 없어요',
    failed: '쿼리를 실행하지 못했어요',
    ended_other: '쿼리가 끝났어요. 행 {{count}}개',
    canceled: '쿼리가 취소됐어요.',
  },
}
