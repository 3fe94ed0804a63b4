import { createApp } from '../../src/app.ts';
import { openDeployment } from '../../src/deployment.ts';
import { seedPart } from './seed.ts';
import type { SeedPart, SeedSize } from './seed.ts';

/* A process that copies its part of the people in; what it needs comes in its environment. */

const { size, part } = JSON.parse(process.env.BENCH_PART!) as { size: SeedSize; part: SeedPart };
const deployment = await openDeployment(process.env);
try {
  await seedPart(await createApp(deployment), deployment.databaseUrl, { size, part });
} finally {
  await deployment.close();
}
