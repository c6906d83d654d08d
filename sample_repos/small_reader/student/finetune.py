"""Fine-tune the small reader."""

from dataclasses import dataclass

from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments


@dataclass
class Settings:
    base: str = "harbour/reader-500m"
    revision: str = "1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e"
    rows: str = "harbour/leaflet-answers"
    out: str = "out/small-reader"


def main(settings: Settings) -> None:
    tokenizer = AutoTokenizer.from_pretrained(settings.base, revision=settings.revision)
    model = AutoModelForCausalLM.from_pretrained(settings.base, revision=settings.revision)
    rows = load_dataset(settings.rows, split="train")

    def encode(batch):
        text = [prompt + " " + answer for prompt, answer in zip(batch["prompt"], batch["answer"])]
        return tokenizer(text, truncation=True, max_length=1024)

    trainer = Trainer(
        model=model,
        args=TrainingArguments(output_dir=settings.out, num_train_epochs=2),
        train_dataset=rows.map(encode, batched=True),
    )
    trainer.train()
    trainer.save_model(settings.out)


if __name__ == "__main__":
    main(Settings())
