import {percent} from '../page/format.js';
import {Panel} from '../page/Panel.js';
import {PixelImage} from '../page/PixelImage.js';
import {classes, mistakes, reconstructions, runSettings, settings} from '../state/store.js';

/** What the network makes of test images: its mistakes, or an autoencoder's reconstructions. */
export function Images() {
  const isAutoencoder = (runSettings.value ?? settings.value).model === 'autoencoder';
  return isAutoencoder ? <Reconstructions /> : <Mistakes />;
}

function Mistakes() {
  const names = classes.value;
  const wrong = mistakes.value;
  return (
    <Panel
      id="images"
      title="Mistakes"
      lead="Test images that the network gets wrong, starting with those it is most certain about."
    >
      {wrong.length === 0 && <p class="hint">Its mistakes appear here after the first epoch.</p>}
      <ul class="gallery">
        {wrong.map(({pixels, label, predicted, certainty}, i) => (
          <li key={i}>
            <PixelImage pixels={pixels} label={`an image of ${names[label]}`} />
            <span>
              <s>{names[predicted]}</s> {percent(certainty, 0)}
              <br />
              <b>{names[label]}</b>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Reconstructions() {
  return (
    <Panel
      id="images"
      title="Reconstructions"
      lead="Test images, their reconstructions, and their codes: the category that each unit chose."
    >
      {reconstructions.value.length === 0 && (
        <p class="hint">Train the autoencoder to see its reconstructions.</p>
      )}
      <ul class="gallery pairs">
        {reconstructions.value.map(({pixels, output, code}, i) => (
          <li key={i}>
            <PixelImage pixels={pixels} label="test image" />
            <PixelImage pixels={output} label="its reconstruction" />
            <span class="code">{code.map((category) => category + 1).join(' ')}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
