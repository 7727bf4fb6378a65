import { expect, it } from 'vitest'
import { nameOf, withoutFolders } from './names.js'

it.each([
  ['mnist', 'mnist'],
  ['glyphs:100', 'glyphs:100'],
  ['/home/ann/photos/', 'photos'],
  ['./photos/.', 'photos'],
  ['C:\\ann\\photos', 'photos'],
])('of %s the name is %s', (source, name) => {
  expect(nameOf(source)).toBe(name)
})

it.each([
  ['--data /home/ann/photos/ --out /tmp/run', '--data photos --out run'],
  ["--data '/home/ann/my photos' --seed 1", "--data 'my photos' --seed 1"],
  [String.raw`--data '/home/ann/Ann'\''s/it'\''s' --seed 1`, String.raw`--data 'it'\''s' --seed 1`],
  [String.raw`--data 'C:\ann\photos' --out 'D:/x y/run'`, "--data 'photos' --out 'run'"],
  ['--data data/mnist --hidden 400,200 --out runs/a', undefined],
  ["--data '../my photos' --lr 1e-3", undefined],
])('of the command %s stays %s', (command, expected = command) => {
  expect(withoutFolders(`anyvae train ${command}`)).toBe(`anyvae train ${expected}`)
})
