"""Push articles to Label Studio and pull them back annotated, beside the server's own bare import and export.

`make bench-labelstudio` prints a table for `docs/labelstudio.md`: seconds of both in one run, their ratio, and the peak
memory of `push` and `pull`. The articles are generated; each carries the sentences and entities of a news article.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from annotation.labelstudio import server as local
from annotation.labelstudio.client import Address, Client
from annotation.labelstudio.tasks import Json, Sharing, task
from corpus.workflow.candidates import candidates_of
from corpus.workflow.init import init_corpus
from corpus.workflow.labelstudio import read_state

SENTENCES = (
    "قالت وزيرة الصحة سلمى الراشدي في الرباط إن {} مستفيدا تسلموا 300 درهم يوم 12 يناير 2026.",
    "وأعلنت جامعة القاضي عياض بمراكش فتح {} مقعدا جديدا أمام الطلبة القادمين من موريتانيا والسنغال.",
    "فاز فريق الرجاء الرياضي على ضيفه نهضة بركان أمام {} متفرج في ملعب محمد الخامس مساء السبت.",
    "ووقعت شركة الواحة للاتصالات اتفاقا بقيمة {} مليون دولار مع البنك الأفريقي للتنمية في أبيدجان.",
    "وأوضح مدير المستشفى كريم العلمي أن الأطباء أجروا {} عملية خلال شهر فبراير الماضي.",
    "في المقابل طالبت نقابة الصحفيين التونسيين بالإفراج عن {} مراسلا أوقفوا قرب صفاقس.",
    "ويرى الباحث المصري حسام منصور أن مياه النيل انخفضت بنحو {} سنتيمترا منذ خريف 2024.",
    "كما شارك {} كاتبا من لبنان والعراق في معرض الكتاب الذي تحتضنه الدوحة كل ربيع.",
    "واعتمد البرلمان الأردني قانون حماية المستهلك بعد جلسة دامت حتى الفجر وعدلت {} مادة.",
    "وتوقعت الأرصاد الجوية أمطارا رعدية فوق جبال الأطلس تتجاوز {} ميليمترا ابتداء من الأربعاء.",
    "من جهته نفى المتحدث باسم الاتحاد الأوروبي وجود خطة لنقل {} لاجئا إلى قبرص.",
    "وختمت الفنانة هند بنجلون جولتها بحفل في مسرح محمد السادس بوجدة حضره {} شخصا.",
)


def records(number: int) -> list[str]:
    """Articles of twelve sentences, as lines of JSON."""
    lines = []
    for nth in range(number):
        text = "\n".join(one.format(nth * 12 + place + 20) for place, one in enumerate(SENTENCES))
        title = f"حصيلة الأسبوع رقم {nth}"
        lines.append(json.dumps({"url": f"https://example.org/{nth}", "title": title, "text": text}))
    return lines


def command(root: Path, *arguments: str) -> tuple[float, float]:
    """Run mudawwana; its seconds and its peak memory in megabytes."""
    code = (
        "import resource, sys; from corpus.cli.app import main; sys.argv = ['mudawwana', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr); sys.exit(code)"
    )
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, "--corpus", str(root)], capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 3, None):
        sys.exit(f"{arguments}: {done.stderr[-2000:]}")
    return seconds, float(done.stderr.rpartition("peak ")[2])


def bare_import(client: Client, tasks: list[Json], config: str) -> tuple[int, float]:
    """The server's own import of the same tasks, 500 a request; the project and the seconds."""
    project = client.create_project({"title": "bare", "label_config": config})
    bodies = [json.dumps(tasks[at : at + 500], ensure_ascii=False).encode() for at in range(0, len(tasks), 500)]
    started = time.perf_counter()
    for body in bodies:
        client._http.request(
            f"api/projects/{project.id}/import", method="POST", content=body,
            headers={"Content-Type": "application/json"}, request_options={"timeout_in_seconds": 900},
        ).raise_for_status()  # fmt: skip
    return project.id, time.perf_counter() - started


def bare_export(client: Client, project: int, target: Path) -> float:
    """The server's own snapshot of a project, made and downloaded."""
    started = time.perf_counter()
    client.export(project, target)
    return time.perf_counter() - started


def annotate(server: local.LocalServer, root: Path, project: int) -> None:
    """Make every prediction of a project somebody's annotation, in the server's database: by the API it takes hours."""
    script = (
        "import os, sys, label_studio; sys.path.insert(0, os.path.dirname(label_studio.__file__))\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'core.settings.label_studio'; import django; django.setup()\n"
        "from tasks.models import Task, Annotation\n"
        "made = [Annotation(task=t, project_id=t.project_id, completed_by_id=1, result=[{**r, 'origin': 'prediction'} "
        f"for r in t.predictions.first().result], lead_time=60) for t in Task.objects.filter(project_id={project})]\n"
        "Annotation.objects.bulk_create(made, batch_size=500)\n"
        f"Task.objects.filter(project_id={project}).update(total_annotations=1, is_labeled=True)\n"
    )
    python = local.program_path().with_name("python")
    done = subprocess.run(
        [str(python), "-c", script], env=dict(local._environment(root, server)), check=False,
        capture_output=True, text=True, cwd=root / "private" / "labelstudio",
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr[-2000:])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--venv", type=Path, default=Path(".venv-labelstudio"))
    options = parser.parse_args()
    os.environ[local.PROGRAM_VARIABLE] = str(options.venv.resolve() / "bin" / "label-studio")
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="mudawwana-bench-"))
    root = folder / "corpus"
    try:
        init_corpus(root, "bench")
        pages = folder / "pages.jsonl"
        pages.write_text("\n".join(records(options.articles)) + "\n", "utf-8")
        command(root, "build", str(pages))
        shutil.copytree(options.venv / "template", root / "private" / "labelstudio")
        server = local.start(root, report=print)
        client = Client(Address(server.url, server.token))
        push, push_memory = command(root, "push", "--order", "corpus")
        again, _ = command(root, "push", "--order", "corpus")
        state = read_state(root)
        assert state is not None
        (project,) = client.find_projects(state.key)
        from corpus.release.source import read_corpus

        version, candidates = candidates_of(read_corpus(root))
        tasks = [task(one.document, version, Sharing()) for one in candidates]
        bare, importing = bare_import(client, tasks, project.label_config)
        for one in (project.id, bare):
            annotate(server, root, one)
        exporting = bare_export(client, bare, folder / "bare.json")
        pull, pull_memory = command(root, "pull")
        nothing, _ = command(root, "pull")
        print("| | mudawwana | the server alone | ratio | peak memory |\n|---|---|---|---|---|")
        print(f"| push {len(tasks):,} articles | {push:.1f} s | {importing:.1f} s | {push / importing:.2f} "
              f"| {push_memory:.0f} MB |")  # fmt: skip
        print(f"| push again, nothing new | {again:.1f} s | | | |")
        print(f"| pull them annotated | {pull:.1f} s | {exporting:.1f} s | {pull / exporting:.2f} "
              f"| {pull_memory:.0f} MB |")  # fmt: skip
        print(f"| pull again, nothing new | {nothing:.1f} s | | | |")
    finally:
        local.stop(root)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
