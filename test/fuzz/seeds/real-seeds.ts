import { vector, vectorNames, vectorsAreHere } from '../../documents/vectors.ts';

/** Folders of real documents beside the project, by target; the names that belong to it. */
const REAL: Readonly<Record<string, readonly (readonly [folder: string, names: RegExp])[]>> = {
  ber: [['sod', /bin$/]],
  der: [['crl', /crl$/]],
  sod: [
    ['sod', /SOD.bin$/],
    ['bsi-tr03105-5', /SOD/],
    ['loes2006-nl-specimen', /011D/],
  ],
  revocationList: [['crl', /crl$/]],
  certificate: [['masterlists/roots', /cer$/]],
  dg1: [['dgs', /^DG1_.*bin$/]],
  dg2: [['dgs', /DG2/]],
  dg11: [['dgs', /^DG11/]],
  dg12: [['dgs', /^DG12/]],
  dg14: [['dgs', /DG14/]],
  dg14Key: [['dgs', /DG14/]],
  dg15: [['dgs', /^DG15/]],
};
const MAX_BYTES = 40_000;

/** Real inputs of a target: none where the folder is absent. Nothing that comes of them is written into the project. */
export function realSeeds(target: string): Buffer[] {
  if (!vectorsAreHere) return [];
  return (REAL[target] ?? []).flatMap(([folder, names]) =>
    vectorNames(folder)
      .filter((name) => names.test(name))
      .map((name) => vector(`${folder}/${name}`))
      .filter((bytes) => bytes.length <= MAX_BYTES),
  );
}
