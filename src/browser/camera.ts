import { judge } from './picture-quality.ts';

type State = 'closed' | 'live' | 'taken';
type Message = 'Denied' | 'Missing' | 'Busy' | 'Failed' | 'Unsupported' | 'TooSmall';

/** Longest side that is sent: enough for any face matcher, small enough for a slow line. */
const LONGEST_SIDE = 1600;
/** Width by height, as the page's frame and a passport portrait. */
const SHAPE = 3 / 4;
const JPEG_QUALITY = 0.92;

/** Runs one live capture: camera → picture → look at it → send or take again. */
export function start(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const video = part(form, 'video') as HTMLVideoElement;
  const picture = part(form, 'picture') as HTMLCanvasElement;
  if (!navigator.mediaDevices) {
    tell(form, 'Unsupported');
    return;
  }
  arrange(form, 'closed');

  const open = async (): Promise<void> => {
    tell(form, null);
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 960 } },
      });
      await video.play();
      show(form, 'live');
      watchLight(form, video);
    } catch (error) {
      close(video);
      tell(form, reasonOf(error));
    }
  };

  on(form, 'open', open);
  on(form, 'retake', open);
  on(form, 'take', async () => {
    draw(video, picture);
    if (judge(picture) === 'too_small') return tell(form, 'TooSmall');
    close(video);
    show(form, 'taken');
  });
  on(form, 'use', async () => {
    const blob = await new Promise<Blob | null>((resolve) =>
      picture.toBlob(resolve, 'image/jpeg', JPEG_QUALITY),
    );
    if (!blob) return tell(form, 'Failed');
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], 'portrait.jpg', { type: 'image/jpeg' }));
    (part(form, 'file') as HTMLInputElement).files = transfer.files;
    form.requestSubmit();
  });
  window.addEventListener('pagehide', () => close(video));
}

/** The middle of the camera's picture in the shape that the page showed: what was seen is what is sent. */
function draw(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
  const { videoWidth, videoHeight } = video;
  const width = Math.min(videoWidth, videoHeight * SHAPE);
  const height = width / SHAPE;
  const scale = Math.min(1, LONGEST_SIDE / height);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const left = (videoWidth - width) / 2;
  const top = (videoHeight - height) / 2;
  canvas
    .getContext('2d')
    ?.drawImage(video, left, top, width, height, 0, 0, canvas.width, canvas.height);
}

/** Twice a second while the camera is open: is there too little light, or too much? Only a hint; nothing is refused. */
function watchLight(form: HTMLFormElement, video: HTMLVideoElement): void {
  const sample = document.createElement('canvas');
  sample.width = 64;
  sample.height = 48;
  const hint = part(form, 'hint');
  const guide = (hint.dataset.guide ??= hint.textContent ?? '');
  const timer = setInterval(() => {
    if (form.dataset.state !== 'live') return clearInterval(timer);
    const context = sample.getContext('2d', { willReadFrequently: true });
    context?.drawImage(video, 0, 0, sample.width, sample.height);
    const verdict = judge(sample, { sizeMatters: false });
    const text =
      verdict === 'too_dark'
        ? form.dataset.messageTooDark
        : verdict === 'too_bright'
          ? form.dataset.messageTooBright
          : guide;
    // Written only when it changes: a screen reader says it each time.
    if (hint.textContent !== text) hint.textContent = text ?? guide;
  }, 500);
}

function reasonOf(error: unknown): Message {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'Denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'Missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'Busy';
  return 'Failed';
}

const CONTROLS: Record<State, readonly string[]> = {
  closed: ['open'],
  live: ['take'],
  taken: ['use', 'retake'],
};

function show(form: HTMLFormElement, state: State): void {
  arrange(form, state);
  // The control that was pressed is gone: the focus goes to what comes next.
  part(form, CONTROLS[state][0]!).focus();
}

function arrange(form: HTMLFormElement, state: State): void {
  form.dataset.state = state;
  for (const name of ['open', 'take', 'use', 'retake'])
    part(form, name).hidden = !CONTROLS[state].includes(name);
  part(form, 'video').hidden = state === 'taken';
  part(form, 'picture').hidden = state !== 'taken';
  part(form, 'hint').hidden = state !== 'live';
  part(form, 'review').hidden = state !== 'taken';
}

function tell(form: HTMLFormElement, message: Message | null): void {
  const place = part(form, 'message');
  place.hidden = message === null;
  place.textContent = message === null ? '' : (form.dataset[`message${message}`] ?? '');
}

function close(video: HTMLVideoElement): void {
  if (video.srcObject instanceof MediaStream)
    for (const track of video.srcObject.getTracks()) track.stop();
  video.srcObject = null;
}

function on(form: HTMLFormElement, control: string, act: () => Promise<void>): void {
  part(form, control).addEventListener('click', () => void act());
}

function part(form: HTMLElement, name: string): HTMLElement {
  return form.querySelector<HTMLElement>(`[data-camera-${name}]`)!;
}
