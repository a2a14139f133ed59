// A cluster that was wished for so, once it is ready.
import { create, get } from '../../wishes.ts'
import { makeWorld, type World } from '../../world.ts'

export async function ready(wish: object, world = makeWorld()): Promise<World> {
  await create(world, wish)
  for (let looks = 0; looks < 200 && (await get(world)).status !== 'CREATE_COMPLETE'; looks++)
    await world.advance(10)
  return world
}
