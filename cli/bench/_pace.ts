import { writeFileSync } from 'node:fs';
import { call, openPage } from './page.ts';
const page = await openPage('chromium');
try {
  await call(page, `ridgepoint.inspect({model:'efficientnet-lite0'})`);
  const out = await page.evaluate(`(async () => {
    const pg = ridgepoint.playground; const c = globalThis.__calib;
    const [client] = (await pg.pool.acquire(['wasm:1'])).value;
    const form = pg.store.getState().model.description.forms.deploy;
    const whole = (await pg.segments(0, form.units.length-1)).value;
    const segs = [['lite0', c.randomTensor(3*224*224,1), 1]];
    await client.worker.call(r => r.load('lite0', whole));
    for (const m of c.calibrationModels()) { const x = c.randomTensor(c.elementCount(m.input.shape),1); await client.worker.call(r=>r.load(m.name, c.serializeModel(m.model))); segs.push([m.name, x, 1]); }
    for (const s of segs) { const t = await client.worker.call(r=>r.time(s[0], s[1], 10, 0.3)); s[2] = Math.max(1, Math.round(0.025/Math.min(...t.value))); }
    const rows = [];
    const until = performance.now() + 90000;
    while (performance.now() < until) for (const [name,x,n] of segs) { const t = (await client.worker.call(r=>r.time(name,x,n,0))).value; const s=[...t].sort((a,b)=>a-b); rows.push([name, performance.now(), s[Math.floor((s.length-1)/4)], s[s.length>>1]]); }
    return rows;
  })()`);
  writeFileSync('/tmp/s/pace.json', JSON.stringify(out));
} finally { await page.close(); }
