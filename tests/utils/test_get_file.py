"""`get_file`: caching, hashes and archives; only `file:` URLs, no network."""

import hashlib
import io
import os
import tarfile
import urllib.error
import zipfile
from pathlib import Path

import pytest

from addax.utils import get_file

CONTENT = b"some words"
SHA256, MD5 = hashlib.sha256(CONTENT).hexdigest(), hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def origin(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "words.txt").write_bytes(CONTENT)
    return source / "words.txt"


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def tar_file(path, names, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(CONTENT)
            archive.addfile(member, io.BytesIO(CONTENT))
    return path


def zip_file(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, CONTENT)
    return path


def test_a_file_is_fetched_once(origin, cache, capsys):
    path = get_file(origin=origin.as_uri(), cache_dir=cache)
    assert path == str(cache / "datasets" / "words.txt")
    assert Path(path).read_bytes() == CONTENT
    origin.unlink()
    assert get_file(origin=origin.as_uri(), cache_dir=cache) == path
    assert get_file("words.txt", "https://nowhere.invalid/x", cache_dir=cache) == path
    assert capsys.readouterr().out.count("Downloading") == 1
    assert os.listdir(cache / "datasets") == ["words.txt"]


def test_names_and_folders(origin, cache, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(cache))
    path = get_file("other.txt", origin.as_uri(), cache_subdir="models/a")
    assert path == str(cache / "models" / "a" / "other.txt")


@pytest.mark.parametrize(
    "arguments",
    [
        {"file_hash": SHA256},
        {"file_hash": SHA256.upper(), "hash_algorithm": "sha256"},
        {"file_hash": MD5},
        {"md5_hash": MD5},
    ],
)
def test_hashes(origin, cache, arguments):
    path = Path(get_file(origin=origin.as_uri(), cache_dir=cache, **arguments))
    path.write_bytes(b"cut")
    get_file(origin=origin.as_uri(), cache_dir=cache, **arguments)
    assert path.read_bytes() == CONTENT


def test_a_wrong_hash_leaves_nothing_behind(origin, cache):
    with pytest.raises(ValueError, match="not the expected one"):
        get_file(origin=origin.as_uri(), cache_dir=cache, file_hash="0" * 64)
    assert os.listdir(cache / "datasets") == []


def test_force_download(origin, cache):
    get_file(origin=origin.as_uri(), cache_dir=cache)
    origin.write_bytes(b"new")
    path = get_file(origin=origin.as_uri(), cache_dir=cache, force_download=True)
    assert Path(path).read_bytes() == b"new"


@pytest.mark.parametrize(("make", "name"), [(tar_file, "a.tar.gz"), (zip_file, "a.zip")])
def test_archives_are_unpacked(tmp_path, cache, make, name):
    archive = make(tmp_path / name, ["one.txt", "below/two.txt"])
    folder = Path(get_file(origin=archive.as_uri(), cache_dir=cache, extract=True))
    assert folder == cache / "datasets" / name
    assert (folder / "below" / "two.txt").read_bytes() == CONTENT
    named = get_file(name, archive.as_uri(), cache_dir=cache / "2", extract=True)
    assert named == str(cache / "2" / "datasets" / "a_extracted")


def test_untar_and_formats(tmp_path, cache):
    archive = tar_file(tmp_path / "a.tar", ["one.txt"], "w")
    assert (Path(get_file("a", archive.as_uri(), untar=True, cache_dir=cache)) / "one.txt").exists()
    with pytest.warns(UserWarning, match="no archive"):
        get_file("b", archive.as_uri(), extract=True, archive_format="zip", cache_dir=cache)


@pytest.mark.parametrize("make", [tar_file, zip_file])
@pytest.mark.parametrize("name", ["../out.txt", "a/../../out.txt", "/tmp/out-of-the-folder.txt"])
def test_members_outside_the_folder_are_refused(tmp_path, cache, make, name):
    archive = make(tmp_path / "bad", ["good.txt", name])
    with pytest.raises(ValueError, match="outside its folder"):
        get_file("x", archive.as_uri(), extract=True, cache_dir=cache)
    assert not (cache / "datasets" / "out.txt").exists()
    assert not (cache / "datasets" / "x").exists()


def test_links_out_of_the_folder_are_refused(tmp_path, cache):
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "../../secret"
        archive.addfile(link)
    with pytest.raises(ValueError, match="unpacked safely"):
        get_file("x", (tmp_path / "bad.tar").as_uri(), extract=True, cache_dir=cache)
    assert not (cache / "datasets" / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, ValueError, "origin"),
        ({"origin": "file:///"}, ValueError, "fname"),
        ({"origin": "file:///x", "fname": "a/b"}, ValueError, "without folders"),
        ({"origin": "file:///x", "fname": ".."}, ValueError, "without folders"),
        ({"origin": "data:,x", "fname": "a"}, ValueError, "must be one of"),
        ({"origin": "file:///none/at/all"}, OSError, "cannot fetch"),
        ({"origin": "file:///x", "hash_algorithm": "crc"}, ValueError, "hash_algorithm"),
    ],
)
def test_bad_arguments(cache, arguments, error, words):
    with pytest.raises(error, match=words):
        get_file(cache_dir=cache, **arguments)


def test_nothing_is_left_of_a_broken_download(cache, monkeypatch):
    def fail(*args, **kwargs):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr("urllib.request.urlopen", fail)
    with pytest.raises(OSError, match="no network"):
        get_file("x", "https://nowhere.invalid/x", cache_dir=cache)
    assert os.listdir(cache / "datasets") == []
