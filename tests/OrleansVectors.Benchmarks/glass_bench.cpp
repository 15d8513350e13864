// Measures glass (pyglass) compiled for this very machine. peers.py compiles and runs it, given its sources (--glass):
//   glass_bench base=F query=F dim=N metric=M walk=SQ8U|SQ4U m=N efc=N ef=N,N,.. threads=N build_threads=N clock=C results=F
// As its own benchmark has it: an HNSW graph built on SQ8U codes, walked on the codes named by walk, of whose nearest as many
// as it chooses are compared again with FP16 vectors, and its own tuning of prefetches, which is not counted as building.
// base and query are bare float32 rows (normalised already for cosine). For each ef it appends the ten ids of every query to
// results (int32) and prints "EF QPS BUILD_SECONDS BYTES".
#include <omp.h>
#include <unistd.h>

#include <glass/hnsw/hnsw.hpp>
#include <glass/searcher/graph_searcher.hpp>
#include <memory>

#include "bench_protocol.h"

namespace {

using glass::Metric;

template <Metric metric, template <Metric> class Walked>
void Run(const Arguments& arguments, FILE* lines) {
    const Clock clock(arguments.Text("clock"));
    const size_t dim = arguments.Number("dim");
    const auto base = ReadAll<float>(arguments.Text("base"));
    const auto queries = ReadAll<float>(arguments.Text("query"));
    const auto rows = static_cast<int32_t>(base.size() / dim);
    const size_t query_count = queries.size() / dim;
    const int threads = static_cast<int>(arguments.Number("threads"));
    const int build_threads = static_cast<int>(arguments.Number("build_threads"));
    // A searcher has room for so many threads.
    if (static_cast<unsigned>(threads) > std::thread::hardware_concurrency()) Arguments::Fail("glass: more threads than the machine has");

    omp_set_num_threads(build_threads);
    const double start = clock.Seconds(build_threads);
    // R counts links on the lowest level: twice M.
    glass::HNSW<glass::SQ8QuantizerUniform<metric>> builder(static_cast<int32_t>(2 * arguments.Number("m")), static_cast<int32_t>(arguments.Number("efc")));
    auto graph = builder.Build(base.data(), rows, static_cast<int32_t>(dim));
    const double graph_seconds = clock.Seconds(build_threads) - start;
    const std::string saved = arguments.Text("results") + ".index";
    graph.save(saved);
    size_t bytes = ReadAll<char>(saved).size();
    std::remove(saved.c_str());

    const double codes_start = clock.Seconds(build_threads);
    auto walk = std::make_unique<glass::GraphSearcher<Walked<metric>>>(std::move(graph));
    const auto* codes = &walk->quant;
    glass::Refiner<glass::FP16Quantizer<metric>> searcher(std::move(walk), glass::get_refine_factor(arguments.Text("walk")));
    searcher.SetData(base.data(), rows, static_cast<int32_t>(dim));
    const double build_seconds = graph_seconds + clock.Seconds(build_threads) - codes_start;
    bytes += static_cast<size_t>(rows) * (codes->code_size() + searcher.quant.code_size());

    omp_set_num_threads(threads);
    searcher.Optimize();
    std::vector<int32_t> ids(query_count * kNeighbors);
    FILE* results = std::fopen(arguments.Text("results").c_str(), "wb");
    for (const auto& ef : arguments.List("ef", ',')) {
        searcher.SetEf(std::atoi(ef.c_str()));
        const double qps = clock.QueriesPerSecond(query_count, [&] {
            const double pass = clock.Seconds(threads);
            // A searcher knows threads by their number in OpenMP, so that no others may search.
#pragma omp parallel for num_threads(threads) schedule(dynamic)
            for (size_t q = 0; q < query_count; q++) searcher.Search(queries.data() + q * dim, kNeighbors, ids.data() + q * kNeighbors);
            return clock.Seconds(threads) - pass;
        });
        std::fwrite(ids.data(), sizeof(int32_t), ids.size(), results);
        std::fprintf(lines, "%s %.1f %.2f %zu\n", ef.c_str(), qps, build_seconds, bytes);
        std::fflush(lines);
    }
    std::fclose(results);
}

template <Metric metric>
using Eight = glass::SQ8QuantizerUniform<metric>;

template <Metric metric>
using Four = glass::SQ4QuantizerUniform<metric>;

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments(argc, argv);
    // It talks on standard output, which is for our lines.
    FILE* lines = fdopen(dup(STDOUT_FILENO), "w");
    dup2(STDERR_FILENO, STDOUT_FILENO);
    const bool is_euclidean = arguments.Text("metric") == "euclidean";
    if (arguments.Text("walk") == "SQ4U") {
        is_euclidean ? Run<Metric::L2, Four>(arguments, lines) : Run<Metric::IP, Four>(arguments, lines);
    } else {
        is_euclidean ? Run<Metric::L2, Eight>(arguments, lines) : Run<Metric::IP, Eight>(arguments, lines);
    }
    std::fclose(lines);
    return 0;
}
