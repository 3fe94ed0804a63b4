import { bareApp } from '../bare-app.ts';
import { ACTS } from './a-life.ts';
import type { Life } from './a-life.ts';

/** Lives the lives that the parent hands over, each from the act that it says, and tells of every act that is done. To be killed. */
interface Handed {
  lives: { life: Life; from: number }[];
}

const app = bareApp(6);
await app.db.raw('select 1');
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  // Our own parent's words.
  const { lives } = message as Handed;
  for (const { life, from } of lives) void live(life, from);
});
process.send!('ready');

async function live(life: Life, from: number): Promise<void> {
  for (const [index, act] of Object.values(ACTS).entries()) {
    if (index < from) continue;
    try {
      await act(app, life);
    } catch (error) {
      process.send!({
        serial: life.serial,
        failed: `${Object.keys(ACTS)[index]}: ${String(error)}`,
      });
      return;
    }
    process.send!({ serial: life.serial, done: index });
  }
}
