// Measures hnswlib compiled for this very machine, which Debian's Python module is not. peers.py compiles and runs it:
//   hnswlib_bench BASE QUERY DIM METRIC M EF_CONSTRUCTION EF,EF,.. THREADS BUILD_THREADS CLOCK RESULTS
// BASE and QUERY are bare float32 rows (normalised already for cosine). For each ef it appends the ten ids of every query
// to RESULTS (int32) and prints "ef queries_per_second build_seconds bytes". CLOCK is wall or cpu. The protocol is that of `ann`: a warm-up,
// then the median of at least three passes over all queries that together take a second.
#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr size_t kNeighbors = 10;
constexpr size_t kPassesMin = 3;
constexpr double kMeasuredSecondsMin = 1.0;

std::vector<float> ReadFloats(const char* path) {
    FILE* file = std::fopen(path, "rb");
    if (file == nullptr) {
        std::perror(path);
        std::exit(2);
    }
    std::fseek(file, 0, SEEK_END);
    std::vector<float> floats(static_cast<size_t>(std::ftell(file)) / sizeof(float));
    std::fseek(file, 0, SEEK_SET);
    if (std::fread(floats.data(), sizeof(float), floats.size(), file) != floats.size()) {
        std::perror(path);
        std::exit(2);
    }
    std::fclose(file);
    return floats;
}

bool use_cpu_clock = false;

// Of the day, or of the processor divided by the threads at work.
double Seconds(int threads) {
    if (use_cpu_clock) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC / threads;
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Runs body(i) for i below count on so many threads; returns seconds.
double ForEach(size_t count, int threads, const std::function<void(size_t)>& body) {
    const double start = Seconds(threads);
    if (threads == 1) {
        for (size_t i = 0; i < count; i++) body(i);
    } else {
        std::atomic<size_t> next{0};
        std::vector<std::thread> workers;
        for (int t = 0; t < threads; t++) {
            workers.emplace_back([&] {
                for (size_t i; (i = next.fetch_add(1)) < count;) body(i);
            });
        }
        for (auto& worker : workers) worker.join();
    }
    return Seconds(threads) - start;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 12) {
        std::fprintf(stderr, "eleven arguments are expected, see the head of hnswlib_bench.cpp\n");
        return 2;
    }
    const size_t dim = std::strtoul(argv[3], nullptr, 10);
    const std::vector<float> base = ReadFloats(argv[1]);
    const std::vector<float> queries = ReadFloats(argv[2]);
    const size_t count = base.size() / dim;
    const size_t query_count = queries.size() / dim;
    const int threads = std::atoi(argv[8]);
    const int build_threads = std::atoi(argv[9]);
    use_cpu_clock = std::strcmp(argv[10], "cpu") == 0;

    hnswlib::L2Space euclidean(dim);
    hnswlib::InnerProductSpace dot(dim);
    hnswlib::SpaceInterface<float>* space = &dot;
    if (std::strcmp(argv[4], "euclidean") == 0) space = &euclidean;
    hnswlib::HierarchicalNSW<float> graph(space, count, std::strtoul(argv[5], nullptr, 10), std::strtoul(argv[6], nullptr, 10));

    // The first point alone, as the library's own Python module does it.
    double build_seconds = ForEach(1, 1, [&](size_t) { graph.addPoint(base.data(), 0); });
    build_seconds += ForEach(count - 1, build_threads, [&](size_t i) { graph.addPoint(base.data() + (i + 1) * dim, i + 1); });

    const std::string index_file = std::string(argv[11]) + ".index";
    graph.saveIndex(index_file);
    FILE* saved = std::fopen(index_file.c_str(), "rb");
    std::fseek(saved, 0, SEEK_END);
    const long bytes = std::ftell(saved);
    std::fclose(saved);
    std::remove(index_file.c_str());

    FILE* results = std::fopen(argv[11], "wb");
    std::vector<int32_t> ids(query_count * kNeighbors);
    std::stringstream list(argv[7]);
    for (std::string item; std::getline(list, item, ',');) {
        graph.setEf(std::max<size_t>(kNeighbors, std::strtoul(item.c_str(), nullptr, 10)));
        const auto pass = [&] {
            return ForEach(query_count, threads, [&](size_t q) {
                auto found = graph.searchKnn(queries.data() + q * dim, kNeighbors);
                for (size_t i = found.size(); i-- > 0; found.pop()) {
                    ids[q * kNeighbors + i] = static_cast<int32_t>(found.top().second);
                }
            });
        };
        pass();
        std::vector<double> seconds;
        double total = 0;
        while (seconds.size() < kPassesMin || total < kMeasuredSecondsMin) {
            seconds.push_back(pass());
            total += seconds.back();
        }
        std::sort(seconds.begin(), seconds.end());
        const size_t middle = seconds.size() / 2;
        const double median = seconds.size() % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
        std::fwrite(ids.data(), sizeof(int32_t), ids.size(), results);
        std::printf("%s %.1f %.2f %ld\n", item.c_str(), query_count / median, build_seconds, bytes);
        std::fflush(stdout);
    }
    std::fclose(results);
    return 0;
}
