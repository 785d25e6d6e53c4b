import { noLongTasks } from '../../../lib/compiler/rules/no-long-tasks/no-long-tasks.js';
import { testRulePage } from '../../helpers/rule-page.js';

// The cases of this rule are in test/fixtures/rules/no-long-tasks.
testRulePage(noLongTasks);
