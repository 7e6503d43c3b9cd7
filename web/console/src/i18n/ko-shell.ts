import type { enShell } from './en-shell.js'
import type { Dictionary } from './words.js'

/** The palette and the shortcuts. */
export const koShell: Dictionary<typeof enShell> = {
  palette: {
    title: '전체 검색',
    placeholder: '실험, 실행, 모델, 작업, 테이블, 페이지 검색…',
    results: '검색 결과',
    count_other: '결과 {{count}}개',
    failed: '검색하지 못했어요. 검색어를 바꿔 다시 시도하세요.',
    recent: '최근 방문',
    pages: '페이지',
    actions: '명령',
    version: '{{name}} 버전 {{version}}',
    newJob: '작업 만들기',
    newEndpoint: '엔드포인트 만들기',
    theme: '테마: {{theme}}',
    language: '언어: {{language}}',
    kinds: {
      experiment: '실험',
      run: '실행',
      logged_model: '기록된 모델',
      trace: '트레이스',
      model: '모델',
      version: '모델 버전',
      prompt: '프롬프트',
      endpoint: '엔드포인트',
      job: '작업',
      job_run: '작업 실행',
      catalog: '카탈로그',
      schema: '스키마',
      table: '테이블',
      volume: '볼륨',
      report: '보고서',
    },
  },
  shortcuts: {
    title: '키보드 단축키',
    show: '키보드 단축키 보기',
    filter: '필터로 이동',
    escape: '대화 상자나 메뉴 닫기',
    goTo: '{{page}} 페이지로 이동',
    singleKeys: '한 글자 단축키 사용',
  },
}
