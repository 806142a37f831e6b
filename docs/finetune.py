"""Fine-tune a token classifier on a release: python docs/finetune.py RELEASE MODEL FOLDER."""
import sys

from transformers import AutoModelForTokenClassification as Model
from transformers import AutoTokenizer, DataCollatorForTokenClassification, Trainer, TrainingArguments

import corpus

release, name, folder = sys.argv[1:]
sentences = corpus.load(release)
tags = sentences["train"].features["ner_tags"].feature.names
tokenizer = AutoTokenizer.from_pretrained(name)

def encode(rows):
    encoded = tokenizer(rows["tokens"], is_split_into_words=True, truncation=True)
    encoded["labels"] = []
    for number, codes in enumerate(rows["ner_tags"]):
        words = encoded.word_ids(number)  # a tag counts on the first piece of its token
        pairs = zip([None, *words], words, strict=False)
        encoded["labels"].append([-100 if word in (None, before) else codes[word] for before, word in pairs])
    return encoded

data = sentences.map(encode, batched=True, remove_columns=sentences["train"].column_names)
model = Model.from_pretrained(name, id2label=dict(enumerate(tags)), label2id={tag: n for n, tag in enumerate(tags)})
settings = TrainingArguments(folder, num_train_epochs=3, eval_strategy="epoch", report_to="none")
trainer = Trainer(model, settings, DataCollatorForTokenClassification(tokenizer), data["train"], data["validation"])
trainer.train()
print(trainer.evaluate(data["test"]))
trainer.save_model(folder)
