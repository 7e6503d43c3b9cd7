import { expect, test } from 'vitest'
import { AUDITED_TYPES } from '../audit/audited-types.js'
import { kindName, operationName } from './operation-name.js'

test.each([
  ['createExperiment', 'Create experiment', '실험 생성'],
  ['deleteRegisteredModelAlias', 'Delete registered model alias', '등록된 모델 별칭 삭제'],
  ['updateMlflowRole', 'Update MLflow role', 'MLflow 역할 수정'],
  ['putSecretAcl', 'Put secret ACL', '시크릿 접근 제어 설정'],
  ['listSecretAcls', 'List secret ACLs', '시크릿 접근 제어 목록 조회'],
  ['registerScorer', 'Register scorer', '채점기 등록'],
  ['createOboToken', 'Create OBO token', '서비스 주체 토큰 생성'],
  ['endSessionsOf', 'End all sessions of user', '사용자의 모든 세션 종료'],
  ['s3GetObject', 'S3 get object', 'S3 객체 다운로드'],
  ['signIn', 'Sign in', '로그인'],
  ['constructor', 'Constructor', 'constructor'],
  ['frobnicateJob', 'Frobnicate job', 'frobnicateJob'],
])('%s is “%s” and “%s”', (action, english, korean) => {
  expect([operationName(action, 'en'), operationName(action, 'ko')]).toEqual([english, korean])
})

test('kinds of objects have names in both languages', () => {
  expect(AUDITED_TYPES.map((type) => kindName(type, 'ko')).filter((name) => /[a-z]/.test(name))).toEqual([])
  expect(kindName('registered_model', 'en')).toBe('Registered model')
  expect(kindName('new_kind', 'ko')).toBe('new_kind')
})
