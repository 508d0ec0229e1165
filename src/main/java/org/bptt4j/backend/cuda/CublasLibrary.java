package org.bptt4j.backend.cuda;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A libcublas of the user's, and where it was found.
 *
 * <p>What a folder that was named has is taken. Otherwise these are searched, in this order: {@code LD_LIBRARY_PATH}; the
 * environments {@code VIRTUAL_ENV} and {@code CONDA_PREFIX}; {@code CUDA_PATH} and {@code CUDA_HOME}; the toolkits in
 * /usr/local, that which "cuda" means and then the newest first; the folders of the system's loader; {@code PYTHONPATH}; the packages of
 * the python3 on {@code PATH}, of the user, of the system, of conda in the home folder and of pyenv. An environment and a Python are searched as pip fills them
 * (nvidia/cublas/lib, nvidia/cu13/lib) and as conda does (lib, targets/x86_64-linux/lib). A library of CUDA 12 anywhere comes before one
 * of CUDA 13, and one with its libcublasLt beside it before one without.
 *
 * @param file as it was found
 * @param major 12 or 13
 * @param why the place, for people
 */
record CublasLibrary(Path file, int major, String why) {
    private static final List<Integer> MAJORS = List.of(12, 13);
    private static final List<String> PIP = List.of("nvidia/cublas/lib", "nvidia/cu13/lib");
    private static final List<String> TOOLKIT = List.of("lib64", "targets/x86_64-linux/lib", "lib");
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})(?:\\.(\\d{1,6}))?");

    /** A folder to look into. */
    record Place(Path folder, String why) {}

    /** "libcublas.so.12". */
    static String name(int major) {
        return "libcublas.so." + major;
    }

    /** Its libcublasLt, beside it or beside what it is a link to; which may be missing. */
    Path lt() {
        Path beside = file.resolveSibling("libcublasLt.so." + major);
        try {
            Path target = file.toRealPath().resolveSibling(beside.getFileName());
            return !Files.exists(beside) && Files.exists(target) ? target : beside;
        } catch (IOException e) {
            return beside;
        }
    }

    /**
     * The library that is to be loaded; nothing where only the system's loader may know one.
     *
     * @param folder the one that was named, or null
     * @param environment the process's variables
     * @param root the root of the file system
     */
    static Optional<CublasLibrary> find(Path folder, Map<String, String> environment, Path root) {
        if (folder != null) {
            List<Place> named = List.of(new Place(folder, "in the folder that was named"));
            Optional<CublasLibrary> found =
                    MAJORS.stream().flatMap(major -> in(named, major).stream()).findFirst();
            if (found.isPresent()) {
                return found;
            }
        }
        List<Place> places = places(environment, root);
        List<CublasLibrary> all = new ArrayList<>();
        MAJORS.forEach(major -> all.addAll(in(places, major)));
        return all.stream()
                .filter(library -> Files.isReadable(library.lt()))
                .findFirst()
                .or(() -> all.stream().findFirst());
    }

    private static List<CublasLibrary> in(List<Place> places, int major) {
        return places.stream()
                .map(place -> new CublasLibrary(
                        place.folder().resolve(name(major)).toAbsolutePath().normalize(), major, place.why()))
                .filter(library -> Files.isRegularFile(library.file) && Files.isReadable(library.file))
                .toList();
    }

    /** Where libraries may lie, in the order of the search. */
    static List<Place> places(Map<String, String> environment, Path root) {
        List<Place> places = new ArrayList<>();
        for (Path entry : absolute(environment.get("LD_LIBRARY_PATH"))) {
            places.add(new Place(entry, "on LD_LIBRARY_PATH"));
        }
        for (Path venv : absolute(environment.get("VIRTUAL_ENV"))) {
            places.addAll(environment(venv, "of the virtual environment VIRTUAL_ENV"));
        }
        for (Path conda : absolute(environment.get("CONDA_PREFIX"))) {
            places.addAll(environment(conda, "of the conda environment CONDA_PREFIX"));
        }
        for (String variable : List.of("CUDA_PATH", "CUDA_HOME")) {
            for (Path toolkit : absolute(environment.get(variable))) {
                TOOLKIT.forEach(lib -> places.add(new Place(toolkit.resolve(lib), "of the toolkit " + variable)));
            }
        }
        Path local = root.resolve("usr/local");
        places.addAll(toolkits(local));
        for (Path folder : loaderFolders(root)) {
            places.add(new Place(folder, "of the system's loader"));
        }
        for (Path packages : absolute(environment.get("PYTHONPATH"))) {
            PIP.forEach(wheel -> places.add(new Place(packages.resolve(wheel), "on PYTHONPATH")));
        }
        for (Path bin : absolute(environment.get("PATH"))) {
            places.addAll(ofPython(bin.resolve("python3")));
        }
        for (Path home : absolute(environment.get("HOME"))) {
            places.addAll(packages(home.resolve(".local/lib"), "of the user's Python packages"));
        }
        for (Path lib : List.of(local.resolve("lib"), root.resolve("usr/lib"), root.resolve("opt/conda/lib"))) {
            places.addAll(packages(lib, "of the system's Python packages"));
        }
        for (Path home : absolute(environment.get("HOME"))) {
            for (String conda : List.of("miniconda3", "miniforge3", "anaconda3")) {
                places.addAll(environment(home.resolve(conda), "of " + home.resolve(conda)));
            }
            for (Path version : newestFirst(home.resolve(".pyenv/versions"), "*")) {
                places.addAll(packages(version.resolve("lib"), "of pyenv's " + version.getFileName()));
            }
        }
        return places;
    }

    /** The absolute folders of a variable like PATH: what is relative depends on where a process was started. */
    private static List<Path> absolute(String variable) {
        List<Path> folders = new ArrayList<>();
        for (String entry : variable == null ? new String[0] : variable.split(":")) {
            try {
                if (entry.startsWith("/")) {
                    folders.add(Path.of(entry));
                }
            } catch (InvalidPathException e) {
                // No folder has such a name.
            }
        }
        return folders;
    }

    /** Both as pip and as conda fill one. */
    private static List<Place> environment(Path prefix, String why) {
        List<Place> places = new ArrayList<>();
        places.add(new Place(prefix.resolve("lib"), why));
        places.add(new Place(prefix.resolve("targets/x86_64-linux/lib"), why));
        places.addAll(packages(prefix.resolve("lib"), why));
        return places;
    }

    /** What pip installed below a prefix's lib folder, for whichever Python. */
    private static List<Place> packages(Path lib, String why) {
        List<Place> places = new ArrayList<>();
        for (Path python : newestFirst(lib, "python3*")) {
            for (String packages : List.of("site-packages", "dist-packages")) {
                for (String wheel : PIP) {
                    places.add(new Place(python.resolve(packages).resolve(wheel), why));
                }
            }
        }
        return places;
    }

    /** Of the environment that the program lies in, and of the one that it is a link to. */
    private static List<Place> ofPython(Path python) {
        if (!Files.isExecutable(python)) {
            return List.of();
        }
        String why = "of the python3 on PATH";
        List<Place> places = new ArrayList<>(environment(python.resolve("../..").normalize(), why));
        try {
            places.addAll(environment(python.toRealPath().resolve("../..").normalize(), why));
        } catch (IOException e) {
            // It went meanwhile.
        }
        return places;
    }

    /** Of the toolkits below {@code local}. */
    static List<Place> toolkits(Path local) {
        List<Path> toolkits = new ArrayList<>(List.of(local.resolve("cuda")));
        toolkits.addAll(newestFirst(local, "cuda-[0-9]*"));
        return toolkits.stream()
                .flatMap(toolkit ->
                        TOOLKIT.stream().map(lib -> new Place(toolkit.resolve(lib), "of the toolkit " + toolkit)))
                .toList();
    }

    /** The usual folders, and those that the loader's configuration names. */
    private static List<Path> loaderFolders(Path root) {
        List<Path> folders = new ArrayList<>();
        for (String usual :
                List.of("usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib", "usr/lib/cuda/lib64", "opt/cuda/lib64")) {
            folders.add(root.resolve(usual));
        }
        List<Path> files = new ArrayList<>(List.of(root.resolve("etc/ld.so.conf")));
        files.addAll(newestFirst(root.resolve("etc/ld.so.conf.d"), "*.conf"));
        for (Path file : files) {
            try {
                Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> line.startsWith("/"))
                        .forEach(line -> folders.add(root.resolve(line.substring(1))));
            } catch (IOException | InvalidPathException e) {
                // Not there, or not for us to read.
            }
        }
        return folders;
    }

    /** The entries of a folder by their version numbers, the newest first; none where it cannot be read. */
    private static List<Path> newestFirst(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
            entries.forEach(found::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        found.sort(Comparator.comparingLong(CublasLibrary::version).reversed().thenComparing(Path::toString));
        return found;
    }

    /** 12000010 for cuda-12.10; 0 without a number. */
    private static long version(Path entry) {
        Matcher numbers = NUMBERS.matcher(entry.getFileName().toString());
        if (!numbers.find()) {
            return 0;
        }
        long minor = numbers.group(2) == null ? 0 : Long.parseLong(numbers.group(2));
        return 1_000_000 * Long.parseLong(numbers.group(1)) + minor;
    }

    /** " (but /usr/lib/libcublas.so.11, of another major version)" if there is one. */
    static String others(List<Path> folders) {
        List<String> found = new ArrayList<>();
        for (Path folder : folders) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "libcublas.so.[0-9][0-9]")) {
                files.forEach(file -> found.add(file.toString()));
            } catch (IOException | DirectoryIteratorException e) {
                // No such folder, or not for us to read: nothing there.
            }
        }
        found.removeIf(file -> MAJORS.stream().anyMatch(major -> file.endsWith(name(major))));
        return found.isEmpty()
                ? ""
                : " (but " + String.join(", ", found.stream().distinct().toList()) + ", of another major version)";
    }
}
