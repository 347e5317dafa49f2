// Can every dependency be used under one of the licences below?
//
//   cargo metadata --format-version 1 > FILE && node licences.mjs FILE
//
// A licence expression is an SPDX one: OR leaves a choice, AND asks for both, WITH adds a
// permission. Older packages write `/` for OR. Also refused is what comes from elsewhere than
// the package registry. The exit status is 1 if a dependency is refused.
import { readFileSync } from 'node:fs';

const allowed = new Set([
  '0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0',
  'Unicode-3.0', 'Unicode-DFS-2016', 'Zlib',
]);

/** Whether an expression can be satisfied by licences that are allowed. */
function satisfied(expression) {
  const tokens = expression.replaceAll('/', ' OR ').match(/[()]|[^\s()]+/g) ?? [];
  let next = 0;
  const listed = (word, operand, combine) => {
    let result = operand();
    while (tokens[next] === word) {
      next += 1;
      const other = operand();
      result = combine(result, other);
    }
    return result;
  };
  const either = () => listed('OR', both, (a, b) => a || b);
  const both = () => listed('AND', single, (a, b) => a && b);
  const single = () => {
    const token = tokens[next];
    next += 1;
    if (token === '(') {
      const result = either();
      if (tokens[next] !== ')') throw new Error('a bracket is not closed');
      next += 1;
      return result;
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9.+-]*$/.test(token ?? '')) throw new Error(`unexpected: ${token ?? 'the end'}`);
    if (tokens[next] === 'WITH') next += 2;
    return allowed.has(token);
  };
  const result = either();
  if (next < tokens.length) throw new Error(`unexpected: ${tokens[next]}`);
  return result;
}

// The check checks itself first.
const table = [
  ['MIT', true], ['GPL-3.0-only', false], ['BSL-1.0', false], ['Apache-2.0 OR BSL-1.0', true],
  ['Unlicense/MIT', true], ['(MIT OR Apache-2.0) AND Unicode-3.0', true], ['MIT AND MPL-2.0', false],
  ['GPL-2.0-only OR (MIT AND LGPL-3.0-only)', false], ['Apache-2.0 WITH LLVM-exception', true],
];
for (const [expression, expected] of table) {
  if (satisfied(expression) !== expected) throw new Error(`${expression} is not judged rightly`);
}

const { packages, workspace_members: own } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const offenders = [];
const foreign = packages.filter(({ id }) => !own.includes(id));
for (const { name, version, license, source } of foreign) {
  const refuse = (reason) => offenders.push(`${name} ${version}: ${reason}`);
  if (!source?.startsWith('registry+')) refuse(`comes from ${source ?? 'a folder'}`);
  try {
    if (!license) refuse('names no licence');
    else if (!satisfied(license)) refuse(license);
  } catch (error) {
    refuse(`${license}: ${error.message}`);
  }
}
for (const line of offenders) console.log(line);
console.log(`${foreign.length - offenders.length} dependencies passed, ${offenders.length} failed`);
process.exitCode = offenders.length > 0 ? 1 : 0;
